"""A Flet hello-world, the yardstick of bench.start."""

import flet as ft


def main(page: ft.Page) -> None:
    page.add(ft.Text("Hello, world"))


if __name__ == "__main__":
    ft.run(main, no_cdn=True)
