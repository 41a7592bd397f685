"""A passkey for the tests: one key pair, which answers as a browser's would."""

from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from fido2.cose import ES256
from fido2.utils import websafe_encode
from fido2.webauthn import Aaguid, AttestationObject, AttestedCredentialData, AuthenticatorData, CollectedClientData

FLAG = AuthenticatorData.FLAG


class Passkey:
    def __init__(self, host: str = "localhost") -> None:
        self.host = host
        self.id = b"a passkey of the tests"
        self._key = ec.generate_private_key(ec.SECP256R1())

    def create(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer a registration."""
        told = self._told("webauthn.create", options)
        public = AttestedCredentialData.create(Aaguid.NONE, self.id, ES256.from_cryptography_key(self._key.public_key()))
        attested = AttestationObject.create("none", self._here(FLAG.UP | FLAG.UV | FLAG.AT, public), {})
        return self._answer(clientDataJSON=told, attestationObject=attested)

    def get(self, options: dict[str, Any]) -> dict[str, Any]:
        """Answer a sign-in."""
        told, here = self._told("webauthn.get", options), self._here(FLAG.UP | FLAG.UV)
        signature = self._key.sign(here + told.hash, ec.ECDSA(SHA256()))
        return self._answer(clientDataJSON=told, authenticatorData=here, signature=signature)

    def _told(self, kind: str, options: dict[str, Any]) -> CollectedClientData:
        return CollectedClientData.create(kind, options["publicKey"]["challenge"], f"https://{self.host}")

    def _here(self, flags: FLAG, public: bytes = b"") -> AuthenticatorData:
        return AuthenticatorData.create(sha256(self.host.encode()).digest(), flags, 0, public)

    def _answer(self, **response: bytes) -> dict[str, Any]:
        named = websafe_encode(self.id)
        told = {name: websafe_encode(value) for name, value in response.items()}
        return {"id": named, "rawId": named, "type": "public-key", "response": told, "clientExtensionResults": {}}
