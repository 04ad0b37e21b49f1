import asyncio
import threading

import pytest

from morgana.api.threads import to_its_end


def test_what_a_thread_has_begun_is_waited_for_by_whoever_is_cancelled() -> None:
    begun, allowed, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        assert allowed.wait(30)
        ended.set()

    async def cancelled() -> None:
        task = asyncio.create_task(to_its_end(work))
        while not begun.is_set():
            await asyncio.sleep(0.01)
        task.cancel()
        await asyncio.wait([task], timeout=0.2)
        assert not task.done()
        allowed.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert ended.is_set()

    asyncio.run(cancelled())


def test_results_and_errors_come_through() -> None:
    assert asyncio.run(to_its_end(divmod, 7, 2)) == (3, 1)
    with pytest.raises(ZeroDivisionError):
        asyncio.run(to_its_end(divmod, 7, 0))
