from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "tongmai.exchange"
    label = "exchange"

    def ready(self) -> None:
        from tongmai.exchange.naming import lend
        from tongmai.foundation.audit import wording

        lend(wording)
