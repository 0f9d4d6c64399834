"""Nothing inside is reached, by address, by name or by redirect, unless the operator says so."""

import pytest

from newsarchive.middlewares.guard import is_inside

from .conftest import Site, feed, item

PATH = "/nosnieuwsbuitenland"


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("127.0.0.1", id="loopback"),
        pytest.param("10.1.2.3", id="private, class A"),
        pytest.param("172.16.0.1", id="private, class B"),
        pytest.param("192.168.1.1", id="private, class C"),
        pytest.param("169.254.169.254", id="a cloud's metadata"),
        pytest.param("100.64.0.1", id="carrier's own"),
        pytest.param("0.0.0.0", id="this host"),
        pytest.param("224.0.0.1", id="multicast"),
        pytest.param("255.255.255.255", id="broadcast"),
        pytest.param("::1", id="loopback, IPv6"),
        pytest.param("fe80::1%eth0", id="link-local with its zone"),
        pytest.param("fd00::1", id="private, IPv6"),
        pytest.param("::ffff:10.0.0.1", id="IPv4 in IPv6"),
        pytest.param("2002:0a00:0001::", id="IPv4 in 6to4"),
        pytest.param("64:ff9b::169.254.169.254", id="IPv4 behind NAT64"),
        pytest.param("64:ff9b:1::1", id="behind a site's own NAT64"),
        pytest.param("::127.0.0.1", id="IPv4 as IPv6 had it at first"),
        pytest.param("fec0::1", id="site-local, IPv6"),
    ],
)
def test_addresses_inside(address):
    assert is_inside(address)


@pytest.mark.parametrize("address", ["145.58.29.1", "2a02:458:101::1", "64:ff9b::145.58.29.1"])
def test_addresses_outside(address):
    assert not is_inside(address)


@pytest.mark.parametrize(
    "host",
    [
        pytest.param("127.0.0.2", id="an address"),
        pytest.param("localhost", id="a name"),
        pytest.param("2130706434", id="an address as one number"),
        pytest.param("0x7f.0.0.2", id="an address in hexadecimal"),
    ],
)
def test_a_redirect_leads_nowhere_inside(crawler, site, host):
    inside = Site(host="0.0.0.0")
    inside.answers["/geheim"] = feed(item(title="Geheim"))
    port = inside.server.server_port
    site.answers[PATH] = (302, {"Location": f"http://{host}:{port}/geheim"}, b"")
    done = crawler.crawl()
    inside.close()
    assert inside.log == []
    assert done.returncode in {7, 8}
    assert crawler.rows("SELECT count(*) FROM articles") == [(0,)]
    assert crawler.rows("SELECT error FROM feed_polls")[0][0]


def test_a_base_that_the_operator_named_is_reached(crawler, site):
    site.answers[PATH] = feed(item())
    assert crawler.crawl().returncode == 0
