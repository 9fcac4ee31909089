import gzip
import http.client
import threading
from contextlib import contextmanager

import pytest

from dauys.site.serve import make_server

pytestmark = pytest.mark.xdist_group("site")


@contextmanager
def served(folder):
    server = make_server(folder, 0)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def ask(port, path, method="GET", **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer, body


def test_pages_are_served_compressed_with_safe_headers(final_site):
    with served(final_site) as port:
        answer, body = ask(port, "/en/", **{"Accept-Encoding": "gzip"})
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert gzip.decompress(body) == (final_site / "en" / "index.html").read_bytes()
        answer, body = ask(port, "/en/index.html")
        assert "Content-Encoding" not in answer.headers
        answer, body = ask(port, "/data/results.csv", method="HEAD")
        assert answer.status == 200
        assert body == b""


def test_what_is_missing_is_said_in_the_language_of_the_address(final_site):
    with served(final_site) as port:
        answer, body = ask(port, "/ru/stations/9999.html")
        assert answer.status == 404
        assert "Такой страницы нет" in body.decode()
        answer, _ = ask(port, "/nowhere")
        assert answer.status == 404


def test_nothing_outside_the_folder_is_served(final_site):
    with served(final_site) as port:
        for path in (
            "/../data/results.json",
            "/%2e%2e/data/results.json",
            "/.dauys-site",
            "/en/..%2f..%2f..%2fetc/passwd",
        ):
            assert ask(port, path)[0].status == 404, path
