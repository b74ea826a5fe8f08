"""The documentation as a site: `make docs` writes it to dist/docs. Any warning fails the build."""

from pygments.lexers.markup import MarkdownLexer
from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

from autograder.cli.reference import COMMANDS_GO_HERE, write_command_reference

project = "Nabla Autograder"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
nitpicky = True
default_role = "code"  # docstrings write code between single backticks
myst_heading_anchors = 4
autodoc_typehints = "none"  # types are named in the text, where they say something to an author
smartquotes = False  # two dashes are an option, no dash
html_theme = "furo"
html_title = project
html_copy_source = False
html_show_copyright = False


def setup(app: Sphinx) -> None:
    """Have the commands in their page, and blocks that no other lexer knows shown as the text they are."""
    app.connect("source-read", _fill_in_commands)
    lexers = {"quiz": MarkdownLexer, "flawed": MarkdownLexer, "says": TextLexer, "csv": TextLexer}
    for name, lexer in lexers.items():
        app.add_lexer(name, lexer)


def _fill_in_commands(app: Sphinx, page: str, source: list[str]) -> None:
    if COMMANDS_GO_HERE in source[0]:
        source[0] = source[0].replace(COMMANDS_GO_HERE, write_command_reference())
