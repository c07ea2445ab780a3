"""Files of a folder on an SSH server: those that are new or changed, by size and time, once they stopped growing.

The server proves itself by the host key in the settings, or nothing is asked of it. Does not belong here: archives
(``archives``), which dataset a file is for (cards).
"""

from __future__ import annotations

import asyncio
import logging
import stat
import time
from collections.abc import Callable, Coroutine, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any, TypeVar

import asyncssh

from ingest.connectors.archives import Receiver, opened
from ingest.connectors.copying import PARTIAL_SUFFIXES, copied
from ingest.connectors.environment import Environment
from ingest.connectors.limits import Limits, RetryableError, persistently
from ingest.connectors.refusing import RefusedError, shown
from ingest.delivery import Sftp
from ingest.landing import Delivery, Refusal

CHUNK_BYTES = 1 << 20
MAX_FILES = 100_000
T = TypeVar("T")

# asyncssh tells every login, with the user's name, at INFO
logging.getLogger("asyncssh").setLevel(logging.WARNING)


@dataclass(frozen=True)
class Remote:
    """One file as the server tells it."""

    name: str
    size: int
    modified_at_s: int

    @property
    def version(self) -> str:
        """Changes whenever the bytes may have changed."""
        return f"{self.size}-{self.modified_at_s}"


def deliveries(
    settings: Sftp, *, environment: Environment, limits: Limits, receiver: Receiver, claims: str
) -> Iterator[Delivery | Refusal]:
    """What is new in the folder, by name; a refusal for each thing not taken."""
    origin = "sftp"
    session: _Session | None = None
    try:
        session = _Session(settings, environment, limits)
        origin = session.origin
        candidates = [f for f in session.files() if not _is_known(session, f, receiver, claims)]
        if candidates and settings.settle_s:
            time.sleep(settings.settle_s)
        settled = {f.name: f for f in session.files()} if candidates else {}
        for file in candidates:
            try:
                if settled.get(file.name) != file:
                    raise _growing(file.name)
                yield from _file(session, file, limits, receiver, claims)
            except RefusedError as error:
                where = f"{origin}/{file.name}"
                yield Refusal(file.name, where, error.code, environment.scrub(error.message))
    except RefusedError as error:
        yield Refusal(settings.folder, origin, error.code, environment.scrub(f"{shown(origin)}: {error.message}"))
    finally:
        if session is not None:
            session.close()


def _is_known(session: _Session, file: Remote, receiver: Receiver, claims: str) -> bool:
    origin = f"{session.origin}/{file.name}"
    return any(receiver.is_unchanged(origin, s) for s in (file.version, f"{file.version}-{claims}"))


def _file(
    session: _Session, file: Remote, limits: Limits, receiver: Receiver, claims: str
) -> Iterator[Delivery | Refusal]:
    origin = f"{session.origin}/{file.name}"

    def fetch(max_bytes: int) -> Any:
        path = copied(
            origin,
            file.name,
            file.version,
            file.size,
            limits=replace(limits, max_bytes=max_bytes),
            scratch=receiver.scratch / "sftp",
            read_from=lambda start: session.read(file, start),
        )
        if session.stat(file.name) != file:
            path.unlink()
            raise _growing(file.name)
        return path

    yield from opened(file.name, origin, file.version, receiver=receiver, claims=claims, fetch=fetch)


def _growing(name: str) -> RefusedError:
    return RefusedError("growing", f"{shown(name)} changes while it is looked at (still being written?): next time")


class _Session:
    """One login, made again when it breaks; asynchronous underneath, one step at a time outside."""

    def __init__(self, settings: Sftp, environment: Environment, limits: Limits) -> None:
        self._settings = settings
        self._environment = environment
        self._limits = limits
        self._host = environment.public(settings.host)
        self._folder = environment.public(settings.folder).rstrip("/") or "/"
        self.origin = f"sftp://{self._host}:{settings.port}/{self._folder.lstrip('/')}".rstrip("/")
        self._options = self._login()
        self._runner = asyncio.Runner()
        self._connection: asyncssh.SSHClientConnection | None = None
        self._client: asyncssh.SFTPClient | None = None

    def files(self) -> list[Remote]:
        """Plain files that match, sorted; hidden and partial ones are passed over."""
        return persistently(lambda: self._step(self._files), self._limits)

    def stat(self, name: str) -> Remote | None:
        """One file as it is now, None when it is gone."""

        async def ask(client: asyncssh.SFTPClient) -> Remote | None:
            try:
                return _remote(name, await client.stat(f"{self._folder}/{name}"))
            except asyncssh.SFTPNoSuchFile:
                return None

        return persistently(lambda: self._step(ask), self._limits)

    def read(self, file: Remote, start: int) -> Iterable[bytes]:
        """The bytes from ``start`` on, up to the size it was listed with."""
        begun, place = time.monotonic(), start

        async def chunk(client: asyncssh.SFTPClient) -> bytes:
            async with client.open(f"{self._folder}/{file.name}", "rb") as handle:
                got = await handle.read(min(CHUNK_BYTES, file.size - place), place)
                assert isinstance(got, bytes), "opened as binary"
                return got

        while place < file.size:
            got = self._step(chunk)
            if not got:
                return
            place += len(got)
            yield got
            if time.monotonic() - begun > self._limits.total_s:
                raise RetryableError("timeout", f"not done within {self._limits.total_s:g} s")

    def close(self) -> None:
        """Log out."""
        self._drop()
        self._runner.close()

    def _login(self) -> dict[str, Any]:
        settings, secret = self._settings, self._environment.secret
        try:
            host_key = asyncssh.import_public_key(self._environment.public(settings.host_key))
        except asyncssh.KeyImportError as error:
            raise RefusedError(
                "unusable_request", "host_key is no public key such as 'ssh-ed25519 AAAA…' (see ssh-keyscan)"
            ) from error
        keys: list[asyncssh.SSHKey] | None = None
        if settings.private_key is not None:
            try:
                keys = [asyncssh.import_private_key(secret(settings.private_key))]
            except asyncssh.KeyImportError as error:
                raise RefusedError("unusable_request", "private_key is no private key without passphrase") from error
        return {
            "username": self._environment.public(settings.user),
            "password": secret(settings.password) if settings.password is not None else None,
            "client_keys": keys,
            "known_hosts": ([host_key], [], []),
            "config": None,  # no settings and no keys of whoever runs this
            "agent_path": None,
            "connect_timeout": self._limits.connect_s,
            "login_timeout": self._limits.connect_s,
        }

    def _step(self, do: Callable[[asyncssh.SFTPClient], Coroutine[Any, Any, T]]) -> T:
        """One exchange with the server, logging in first if need be."""

        async def run() -> T:
            if self._client is None:
                self._connection = await asyncssh.connect(self._host, self._settings.port, **self._options)
                self._client = await asyncio.wait_for(self._connection.start_sftp_client(), self._limits.read_s)
            task = asyncio.ensure_future(do(self._client))
            done, _ = await asyncio.wait({task}, timeout=self._limits.read_s)
            if not done:
                # cancelling alone would close the file first, and wait for the server to say so
                self._abort()
                task.cancel()
                with suppress(asyncssh.Error, OSError, asyncio.CancelledError):
                    await task
                raise TimeoutError
            return task.result()

        try:
            return self._runner.run(run())
        except (asyncssh.Error, OSError, TimeoutError) as error:
            self._drop()
            raise self._failure(error) from error

    async def _files(self, client: asyncssh.SFTPClient) -> list[Remote]:
        found: list[Remote] = []
        async for entry in client.scandir(self._folder):
            name = str(entry.filename)
            if name.startswith(".") or name.lower().endswith(PARTIAL_SUFFIXES):
                continue
            mode = entry.attrs.permissions
            is_plain = mode is None or stat.S_ISREG(mode)
            if is_plain and fnmatchcase(name, self._settings.glob):
                found.append(_remote(name, entry.attrs))
            if len(found) > MAX_FILES:
                raise RefusedError("endless_paging", f"more than {MAX_FILES:,} files; name a narrower glob")
        return sorted(found, key=lambda file: file.name)

    def _abort(self) -> None:
        if self._connection is not None:
            self._connection.abort()

    def _drop(self) -> None:
        """Forget a connection that broke, or is done with."""
        connection, self._connection, self._client = self._connection, None, None
        if connection is None:
            return

        async def leave() -> None:
            connection.abort()
            with suppress(asyncssh.Error, OSError, TimeoutError):
                await asyncio.wait_for(connection.wait_closed(), 1.0)

        self._runner.run(leave())

    def _failure(self, error: Exception) -> RefusedError:
        said = shown(self._environment.scrub(str(error) or type(error).__name__))
        if isinstance(error, asyncssh.HostKeyNotVerifiable):
            return RefusedError(
                "host_key", "the server does not have the key in host_key: another server, or it was renewed (ask them)"
            )
        if isinstance(error, asyncssh.PermissionDenied):
            return RefusedError("credentials", f"the server refuses this user: check password or private_key ({said})")
        if isinstance(error, asyncssh.SFTPNoSuchFile | asyncssh.SFTPNoSuchPath | asyncssh.SFTPPermissionDenied):
            return RefusedError("not_found", f"no such file or folder, or not for this user: {said}")
        if isinstance(error, TimeoutError):
            return RetryableError("timeout", f"silent for {self._limits.read_s:g} s")
        return RetryableError("connection", f"the connection failed: {said}")


def _remote(name: str, attributes: asyncssh.SFTPAttrs) -> Remote:
    return Remote(name, int(attributes.size or 0), int(attributes.mtime or 0))
