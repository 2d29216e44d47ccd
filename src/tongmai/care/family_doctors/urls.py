app_name = "family_doctors"
urlpatterns: list = []
