from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "tongmai.commons.residents"
    label = "residents"

    def ready(self) -> None:
        from tongmai.commons.residents import choices, words
        from tongmai.ui.words import read_codes

        read_codes(["elderly", "child", *dict(choices.GROUPS)], words.group)
