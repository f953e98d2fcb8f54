"""Pulls stations with aiowaqi, so many at a time, and prints how many gave an AQI and the peak memory."""

import asyncio
import json
import resource
import sys

from aiohttp import ClientSession
from aiowaqi import WAQIClient
from yarl import URL

BASE = URL(sys.argv[1])
TOKEN = sys.argv[2]
COUNT, FIRST_STATION, PARALLEL = map(int, sys.argv[3:6])


class Loopback:
    """aiowaqi asks https, port 443, and nothing else: leads it to the server of the bench."""

    def __init__(self, session):
        self.session = session

    async def request(self, method, url, headers):
        here = url.with_scheme("http").with_host(BASE.host).with_port(BASE.port)
        return await self.session.request(method, here, headers=headers)


async def main():
    stations = iter(range(FIRST_STATION, FIRST_STATION + COUNT))
    pulled = 0

    async def work(client):
        nonlocal pulled
        for number in stations:
            answer = await client.get_by_station_number(number)
            if answer.air_quality_index is not None:
                pulled += 1

    async with ClientSession() as session:
        client = WAQIClient(session=Loopback(session))
        client.authenticate(TOKEN)
        await asyncio.gather(*(work(client) for _ in range(PARALLEL)))
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"pulled": pulled, "peakMiB": peak_kib / 1024}))


asyncio.run(main())
