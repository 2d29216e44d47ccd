from django.apps import AppConfig


class OrgsConfig(AppConfig):
    name = "tongmai.foundation.orgs"
    label = "orgs"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from tongmai.foundation.audit import wording
        from tongmai.foundation.orgs import naming, staying

        naming.lend(wording)
        user_logged_in.connect(staying.opened, dispatch_uid="tongmai.staying.opened")
