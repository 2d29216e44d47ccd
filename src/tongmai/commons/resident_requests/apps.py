from django.apps import AppConfig


class ResidentRequestsConfig(AppConfig):
    name = "tongmai.commons.resident_requests"
    label = "resident_requests"

    def ready(self) -> None:
        from tongmai.commons.resident_requests.selectors import disputed
        from tongmai.commons.residents import marks

        marks.provide(disputed)
