"""How errors leave the command: as what people read, with exit status 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from botocore.exceptions import BotoCoreError, ClientError

from accolade.cli import screen
from accolade.model.errors import AccoladeError


@contextmanager
def reported() -> Iterator[None]:
    """Turns our errors and those of AWS into texts and `typer.Exit`."""
    try:
        yield
    except AccoladeError as error:
        screen.report(error)
    except ClientError as error:
        said = error.response.get("Error", {})
        what = f"AWS refuses {error.operation_name} ({said.get('Code', '?')}): {said.get('Message', '')}"
        screen.report(AccoladeError(what, mend="Check what your credentials may do, then accolade doctor"))
    except BotoCoreError as error:
        screen.report(
            AccoladeError(f"AWS did not answer ({type(error).__name__})", mend="accolade doctor says what is reachable")
        )
    except KeyboardInterrupt:
        screen.err().print("Stopped. What was done stays done; run the same command again to go on.")
        raise typer.Exit(130) from None
    else:
        return
    raise typer.Exit(1)
