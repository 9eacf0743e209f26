"""The staff of the demonstration: somebody of each role, with the rights of that role and none besides.

Passwords are made here, told once and kept in a file that only its owner reads, so that a later run can tell them
again. A password that was changed since is its user's own: the file keeps the bare name, so that nobody resets it.
"""

import os
import secrets
from pathlib import Path
from typing import NamedTuple

from django.contrib.auth.models import Group, User
from django.db import transaction
from django.utils.text import slugify

from loyalty.backoffice.demo.shop import STORES
from loyalty.backoffice.roles import ROLES
from loyalty.programs.models import Program
from loyalty.programs.operations import assign_staff
from loyalty.programs.queries import stores_by_code

OF_ONE_STORE = ("store manager", "clerk")
CLERK = "demo-clerk"
OWNER_ONLY = 0o600


class Login(NamedTuple):
    role: str
    username: str
    password: str


def hire(program: Program, file: Path) -> list[Login]:
    """The logins of all roles. Accounts that are missing are made; where the file is lost, passwords are new."""
    known = _read(file)
    logins = [_account(role, f"demo-{slugify(role)}", known, program) for role in ROLES]
    _write(file, logins)
    return [login for login in logins if login.password]


@transaction.atomic
def _account(role: str, username: str, known: dict[str, str], program: Program) -> Login:
    user = User.objects.filter(username=username).first()
    if user is not None and username in known:
        password = known[username]
        return Login(role, username, password if password and user.check_password(password) else "")
    password = secrets.token_urlsafe(12)
    if user is None:
        user = User(username=username, is_staff=True)
    user.set_password(password)
    user.save()
    user.groups.add(Group.objects.get(name=role))
    if role in OF_ONE_STORE:
        code, _name = STORES[0]
        assign_staff(store=stores_by_code(program)[code], user=user)
    return Login(role, username, password)


def _read(file: Path) -> dict[str, str]:
    if not file.exists():
        return {}
    lines = (line.partition(" ") for line in file.read_text(encoding="utf-8").splitlines())
    return {username: password for username, _space, password in lines}


def _write(file: Path, logins: list[Login]) -> None:
    """Never readable by others, not even for a moment: the old file goes first, the new one is born closed."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY), "w", encoding="utf-8") as text:
        text.writelines(f"{login.username} {login.password}".strip() + "\n" for login in logins)
