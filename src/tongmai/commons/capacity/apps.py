from django.apps import AppConfig


class CapacityConfig(AppConfig):
    name = "tongmai.commons.capacity"
    label = "capacity"

    def ready(self) -> None:
        from django.utils.translation import gettext as _

        from tongmai.ui.words import read_codes

        read_codes(["emergency"], lambda code: _("急诊"))
