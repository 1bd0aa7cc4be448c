// A C++ program that fits a line by gradient descent: a model of text is differentiated, and each
// step writes the new weights over the old ones, in place.
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <thread>
#include <vector>

#include <tensorjit.hpp>

namespace {

const char *const text = R"(
(defmodel line [x w] (-> x (matmul w)))

; The mean squared error of a line over N points.
(tape loss [(x f64[N,2]) (y f64[N]) (w f64[2])]
  (d (sub (line x w) y))
  (e (reduce-sum (mul d d) :axes [0]))
  (loss (div e 64.0))
  (return loss))

(tape step [(w f64[2]) (g f64[2]) (rate f64[])]
  (next (sub w (mul g rate)))
  (return next))
)";

/// Weights where the library uses them without a copy.
struct alignas(TJ_ALIGNMENT) Weights {
  using value_type = double;
  double values[2] = {0, 0};
  double *data() { return values; }
  std::size_t size() const { return 2; }
};

/// Fits y = 3 x - 1 and yields the weights.
Weights fit(const tensorjit::Program &gradient, const tensorjit::Program &step) {
  constexpr std::int64_t points = 64;
  std::vector<double> x, y;
  for (std::int64_t point = 0; point < points; ++point) {
    const double at = 2 * static_cast<double>(point) / points - 1;
    x.insert(x.end(), {at, 1});
    y.push_back(3 * at - 1);
  }
  Weights w, g;
  double rate = 0.5;
  const auto weights = tensorjit::array(w, {2});
  const auto slope = tensorjit::array(g, {2});
  for (int round = 0; round < 40; ++round) {
    // The loss itself is not wanted.
    gradient.run({tensorjit::array(x, {points, 2}), tensorjit::array(y, {points}), weights},
                 {tensorjit::Array(), slope});
    step.run({weights, slope, tensorjit::scalar(rate)}, {weights});
  }
  return w;
}

} // namespace

int main() try {
  tensorjit::LoadOptions options;
  options.file = "line.tape";
  options.entry = "loss";
  options.gradient = true;
  options.gradient_names = {"w"};
  const tensorjit::Program gradient(text, options);
  std::printf("%s %s\n", gradient.result(1).name, gradient.result(1).type);

  tensorjit::LoadOptions step_options;
  step_options.entry = "step";
  const tensorjit::Program step(text, step_options);

  // Programs may be shared among threads.
  std::vector<Weights> fitted(4);
  std::vector<std::thread> threads;
  for (Weights &weights : fitted)
    threads.emplace_back([&] {
      try {
        weights = fit(gradient, step);
      } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
      }
    });
  for (std::thread &thread : threads) thread.join();
  for (const Weights &weights : fitted)
    std::printf("w = [%.3f %.3f]\n", weights.values[0], weights.values[1]);

  // Arrays may also stay on a device, which is here the CPU.
  std::vector<double> at{1, 2}, slope{0.5, 0.5}, next(2);
  double rate = 0.125;
  const tensorjit::DeviceArray place(tensorjit::array(at, {2}), 0);
  const tensorjit::DeviceArray slopes(tensorjit::array(slope, {2}), 0);
  const tensorjit::DeviceArray rates(tensorjit::scalar(rate), 0);
  const auto moved = step.run_arrays({&place, &slopes, &rates});
  moved[0].on(0).read(tensorjit::array(next, {moved[0].sizes()[0]}));
  std::printf("on device %zu: [%g %g]\n", moved[0].device(), next[0], next[1]);

  try {
    std::vector<double> few(1);
    step.run({tensorjit::array(few, {1})}, {});
  } catch (const tensorjit::Error &error) {
    std::printf("%s: %s\n", tj_status_name(error.status()), error.what());
  }
  return EXIT_SUCCESS;
} catch (const std::exception &error) {
  std::fprintf(stderr, "%s\n", error.what());
  return EXIT_FAILURE;
}
