"""`newsarchive completion`: what a shell needs to complete our commands."""

import click


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the script that makes SHELL complete commands, options, values and categories.

    \b
      eval "$(newsarchive completion bash)"             in ~/.bashrc
      eval "$(newsarchive completion zsh)"              in ~/.zshrc
      newsarchive completion fish > ~/.config/fish/completions/newsarchive.fish
    """
    from click.shell_completion import get_completion_class

    from newsarchive.cli import commands

    complete = get_completion_class(shell)
    assert complete is not None, "Click knows these three"
    # By these names Click knows the program again when the shell asks.
    script = complete(commands, {}, "newsarchive", "_NEWSARCHIVE_COMPLETE").source()
    click.echo(script)
