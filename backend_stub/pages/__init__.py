"""Pages for the browser, as templates.  Nothing here but their loading."""

from jinja2 import Environment, PackageLoader, select_autoescape

pages = Environment(
    loader=PackageLoader("backend_stub", "pages"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
)
