"""One of the processes that a comparison measures in turn, for a peer that Python can import.

    worker.py PEER THREADS

It reads a request a line and answers each with a line, as `tensorjit-bench --worker` does: `ok` and
words, `skip` and a reason, or `error` and a message.
"""

import importlib
import os
import pathlib
import sys

import numpy as np

import placement
from job import Job, MissingWorkload

PEERS = ["numpy", "jax", "torch", "torch.compile", "onnxruntime", "openvino"]
_MODULES = {"torch.compile": "peer_torch"}


def load(word: str) -> np.ndarray:
    """The array that a word `f32:4096x1024:PATH` names, in memory of its own."""
    dtype, shape, path = word.split(":", 2)
    elements = np.fromfile(path, {"f32": np.float32, "i32": np.int32}[dtype])
    return elements.reshape([int(size) for size in shape.split("x") if size])


def store(array: np.ndarray, path: pathlib.Path) -> str:
    """Writes an array's elements; its type as a word."""
    array = np.asarray(array, np.float32)
    array.tofile(path)
    return "f32:" + "x".join(str(size) for size in array.shape)


class Worker:
    """Answers requests by a peer's module, which has `title` and `prepare`."""

    def __init__(self, peer: str, threads: int):
        self._peer = importlib.import_module(_MODULES.get(peer, f"peer_{peer}"))
        self._options = (peer, threads)
        self._threads = threads
        self._job: Job | None = None
        self.title = self._peer.title(*self._options)

    def reply(self, request: str, *words: str) -> str:
        """The answer to a request, without `ok`."""
        if request == "prepare":
            self._job = None
            arguments = [load(word) for word in words[1:]]
            self._job = self._peer.prepare(words[0], arguments, *self._options)
            return ""
        if request == "release":
            self._job = None
            return ""
        assert self._job, "no workload is prepared"
        if request == "first":
            return str(self._job.seconds(1))
        if request == "place":
            return placement.choose(self._job.seconds, self._threads)
        if request == "outputs":
            arrays = self._job.outputs()
            return " ".join(store(array, pathlib.Path(words[0], str(number)))
                            for number, array in enumerate(arrays))  # fmt: skip
        if request == "sample":
            return " ".join(str(sample) for sample in self._job.samples(float(words[0])))
        raise ValueError(f"unknown request '{request}'")


def main() -> None:
    # What libraries print must not stand among the answers.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)

    def answer(kind: str, text: str) -> None:
        print(kind, " ".join(text.split()), file=answers, flush=True)

    try:
        worker = Worker(sys.argv[1], int(sys.argv[2]))
    except ImportError as problem:
        answer("skip", f"not installed ({problem})")
        return
    answer("ok", worker.title)
    for line in sys.stdin:
        try:
            answer("ok", worker.reply(*line.split()))
        except MissingWorkload as missing:
            answer("skip", str(missing))
        except Exception as problem:
            answer("error", f"{type(problem).__name__}: {problem}".splitlines()[0][:80])


if __name__ == "__main__":
    main()
