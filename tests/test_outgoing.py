import asyncio

from app.outgoing import post

from .servers import receiver


def test_it_can_be_called_while_a_loop_is_running():
    async def within() -> int:
        with receiver() as hook:
            return post(hook.url, b"{}", {}, timeout_seconds=5).status

    assert asyncio.run(within()) in range(200, 300)
