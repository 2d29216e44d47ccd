from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "tongmai.exchange"
    label = "exchange"
