"""A provider of identities on loop-back that refuses what it does not know, as ProConnect does, and can lie in each way."""

import base64
import hashlib
import json
import secrets
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "publisher", "un secret entre lui et nous"
KNOWN = {"response_type", "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge", "code_challenge_method", "acr_values"}
KEY, FALSE_KEY = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))


class Provider:
    """Signs in `subject` with `email` without asking; what is in `lies` is told instead of the truth."""

    def __init__(self, clock=lambda: datetime.now(UTC)) -> None:
        self.clock = clock
        self.subject, self.email, self.is_verified, self.acr = "sub-dominique", "dominique@mairie.example", True, "eidas1"
        self.lies: dict[str, Any] = {}
        self.description: dict[str, Any] = {}
        self.key, self.algorithm = KEY, "RS256"
        self.in_userinfo = self.userinfo_signed = False
        self.userinfo: dict[str, Any] = {}
        self.status = 200
        self.asked: list[dict[str, str]] = []
        self.farewells: list[dict[str, str]] = []
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Asked", (_Asked,), {"provider": self}))
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self.issuer = f"http://127.0.0.1:{self._server.server_port}/realm"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    # ---------------------------------------------------------------- what is answered

    def get(self, path: str, query: dict[str, str], headers) -> tuple[int, str, bytes]:
        match path:
            case "/realm/.well-known/openid-configuration":
                return self.json(self._described())
            case "/realm/keys":
                public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key()))
                return self.json({"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]})
            case "/realm/userinfo":
                return self._about(headers.get("Authorization", ""))
            case "/realm/authorize":
                return self.authorize(query)
            case "/realm/logout":
                self.farewells.append(query)
                return 302, query["post_logout_redirect_uri"], b""
        return 404, "text/plain", b""

    def authorize(self, query: dict[str, str]) -> tuple[int, str, bytes]:
        self.asked.append(query)
        back = query["redirect_uri"]
        if query.keys() - KNOWN or min(len(query["state"]), len(query["nonce"])) < 32:
            return 302, f"{back}?{urlencode({'error': 'Y000400', 'state': query['state']})}", b""
        code = secrets.token_urlsafe(16)
        self._codes[code] = query
        return 302, f"{back}?{urlencode({'code': code, 'state': query['state'], 'iss': self.issuer})}", b""

    def token(self, form: dict[str, str]) -> tuple[int, str, bytes]:
        asked = self._codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest()).decode().rstrip("=")
        known = (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        if not asked or not known or proof != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, "application/json", b'{"error": "invalid_grant"}'
        now = int(self.clock().timestamp())
        said = {
            "iss": self.issuer,
            "sub": self.subject,
            "aud": CLIENT,
            "exp": now + 60,
            "iat": now,
            "nonce": asked["nonce"],
            "acr": self.acr,
        }
        if not self.in_userinfo:
            said |= {"email": self.email, "email_verified": self.is_verified}
        told = {name: value for name, value in (said | self.lies).items() if value is not None}
        return self.json({"access_token": "access", "token_type": "Bearer", "id_token": self.signed(told)})

    def signed(self, told: dict[str, Any]) -> str:
        key = None if self.algorithm == "none" else b"0" * 32 if self.algorithm == "HS256" else self.key
        return jwt.encode(told, key, algorithm=self.algorithm, headers={"kid": "one"})

    def json(self, told: object) -> tuple[int, str, bytes]:
        return self.status, "application/json", json.dumps(told).encode()

    def _described(self) -> dict[str, Any]:
        places = {"authorization": "authorize", "token": "token", "userinfo": "userinfo", "end_session": "logout"}
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/keys",
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            **{f"{name}_endpoint": f"{self.issuer}/{place}" for name, place in places.items()},
            **self.description,
        }

    def _about(self, authorization: str) -> tuple[int, str, bytes]:
        if authorization != "Bearer access":
            return 401, "text/plain", b""
        told = {"sub": self.subject, "email": self.email, "email_verified": self.is_verified, **self.userinfo}
        if self.userinfo_signed:
            return 200, "application/jwt", self.signed({"iss": self.issuer, "aud": CLIENT, **told}).encode()
        return self.json(told)


class _Asked(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self._answer(*self.provider.get(parts.path, dict(parse_qsl(parts.query)), self.headers))

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        self._answer(*self.provider.token({name: values[0] for name, values in form.items()}))

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Location" if status == 302 else "Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""
