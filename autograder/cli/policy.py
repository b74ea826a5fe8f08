"""`autograder policy`."""

import click

from autograder.course.opened import course_here
from autograder.domain.language import speaking
from autograder.domain.policy_text import describe_policy


@click.command()
def command() -> None:
    """Print how the final grade is worked out, in sentences for students, as course.toml says it.

    \b
    Example:
        autograder policy
    """
    course = course_here()
    with speaking(course.course.language):
        click.echo(describe_policy(course.policy()))
