"""Secrets that the staff type in: to Secrets Manager by a name, and never back to a page."""

from botocore.exceptions import BotoCoreError, ClientError

from accolade.model.errors import Retry
from accolade.web.house import House


def kept(house: House, kind: str, owner: str, text: str) -> str:
    """Store a secret of a connection or of an account with a provider; gives its name. Retry if AWS does not confirm."""
    name = f"{house.settings.link_secret_name.rpartition('/')[0] or 'accolade'}/connection/{owner}/{kind}"
    client = house.client("secretsmanager")
    try:
        client.create_secret(Name=name, SecretString=text)
    except ClientError as error:
        if error.response["Error"]["Code"] != "ResourceExistsException":
            raise Retry("the secret cannot be stored now", where=kind) from error
        client.put_secret_value(SecretId=name, SecretString=text)
    except BotoCoreError as error:
        raise Retry("the secret cannot be stored now", where=kind) from error
    return name
