import asyncio
from concurrent.futures import ThreadPoolExecutor

from app.outgoing import post

from .servers import receiver


def test_it_can_be_called_while_a_loop_is_running():
    """The loop runs in a thread of its own: browser tests leave one running in the thread of the tests."""

    async def within() -> int:
        with receiver() as hook:
            return post(hook.url, b"{}", {}, timeout_seconds=5).status

    with ThreadPoolExecutor(max_workers=1) as thread:
        assert thread.submit(asyncio.run, within()).result() in range(200, 300)
