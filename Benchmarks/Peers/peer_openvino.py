"""OpenVINO, in single precision, with arguments in shared memory."""

import numpy as np
import openvino as ov

import graphs
from job import Job
from workloads import Arrays


def title(_peer: str, _threads: int) -> str:
    return f"OpenVINO {ov.__version__.split('-')[0]}"


def prepare(program: str, arguments: Arrays, _peer: str, threads: int) -> Job:
    """A job that runs a program; its first run compiles the model."""
    model, inputs = graphs.model(program, arguments)
    request: list[ov.InferRequest] = []

    def run() -> None:
        if not request:
            request.append(_request(model, inputs, threads))
        request[0].infer()

    def outputs() -> Arrays:
        run()
        count = len(request[0].model_outputs)
        return [np.array(request[0].get_output_tensor(number).data) for number in range(count)]

    return Job(run, outputs)


def _request(model: bytes, inputs: dict[str, np.ndarray], threads: int) -> ov.InferRequest:
    core = ov.Core()
    compiled = core.compile_model(
        core.read_model(model),
        "CPU",
        {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": 1,
            "PERFORMANCE_HINT": "LATENCY",
            "INFERENCE_PRECISION_HINT": "f32",
            "ENABLE_CPU_PINNING": threads > 1,
        },
    )
    request = compiled.create_infer_request()
    for name, array in inputs.items():
        request.set_tensor(name, ov.Tensor(array, shared_memory=True))
    return request
