"""ONNX Runtime, with arguments and results bound to arrays that exist already."""

import numpy as np
import onnxruntime as ort

import graphs
from job import Job
from workloads import Arrays


def title(_peer: str, _threads: int) -> str:
    return f"ONNX Runtime {ort.__version__}"


def prepare(program: str, arguments: Arrays, _peer: str, threads: int) -> Job:
    """A job that runs a program; its first run makes the session and runs it once."""
    model, inputs = graphs.model(program, arguments)
    session: list[_BoundSession] = []

    def run() -> None:
        if session:
            session[0].run()
        else:
            session.append(_BoundSession(model, inputs, threads))

    def outputs() -> Arrays:
        run()
        session[0].run()
        return [value.numpy() for value in session[0].results]

    return Job(run, outputs)


class _BoundSession:
    """A session that has run once; from then on results go to the same arrays each time."""

    def __init__(self, model: bytes, inputs: dict[str, np.ndarray], threads: int):
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        self._session = ort.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._inputs = inputs
        self._first = self._session.run(None, inputs)
        self._binding: ort.IOBinding | None = None
        self.results: list[ort.OrtValue] = []

    def _bind(self) -> ort.IOBinding:
        """The binding to arrays that exist already, which is made after the first run."""
        binding = self._session.io_binding()
        for name, array in self._inputs.items():
            binding.bind_ortvalue_input(name, ort.OrtValue.ortvalue_from_numpy(array))
        self.results = [ort.OrtValue.ortvalue_from_numpy(np.array(result, copy=True))
                        for result in self._first]  # fmt: skip
        for output, value in zip(self._session.get_outputs(), self.results):
            binding.bind_ortvalue_output(output.name, value)
        self._first = []
        return binding

    def run(self) -> None:
        if self._binding is None:
            self._binding = self._bind()
        self._session.run_with_iobinding(self._binding)
