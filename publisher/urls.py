"""Django wiring: the addresses of the back-office."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
