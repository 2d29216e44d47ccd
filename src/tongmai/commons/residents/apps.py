from django.apps import AppConfig


class ResidentsConfig(AppConfig):
    name = "tongmai.commons.residents"
    label = "residents"

    def ready(self) -> None:
        from tongmai.commons.residents import choices, words
        from tongmai.foundation.audit.wording import say_codes
        from tongmai.ui.words import read_codes

        read_codes(["elderly", "child", *dict(choices.GROUPS)], words.group)
        say_codes("residents", "zone", words.zone)
        say_codes("residents", "verdict", words.verdict)
