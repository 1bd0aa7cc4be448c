// tensorjit.hpp: the C interface for C++17, with destructors and exceptions.
//
//     tensorjit::Program program("(tape double [(x f32[N])] (y (add x x)) (return y))");
//     std::vector<float> x{1, 2, 3}, y(3);
//     program.run({tensorjit::array(x, {3})}, {tensorjit::array(y, {3})});
//
// All of it is inline over tensorjit.h, where ownership, threads and the meaning of each call are
// told. Nothing here is part of the library's binary interface.
#ifndef TENSORJIT_HPP
#define TENSORJIT_HPP

#include "tensorjit.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tensorjit {

/// What a call that failed throws.
class Error : public std::runtime_error {
public:
  Error(tj_status status, const std::string &message)
      : std::runtime_error(message), status_(status) {}

  tj_status status() const noexcept { return status_; }

private:
  tj_status status_;
};

namespace detail {

struct ErrorDeleter {
  void operator()(tj_error *error) const noexcept { tj_error_destroy(error); }
};

struct ProgramDeleter {
  void operator()(tj_program *program) const noexcept { tj_program_destroy(program); }
};

struct ArrayDeleter {
  void operator()(tj_array *array) const noexcept { tj_array_destroy(array); }
};

/// Makes a call that takes an error object, and throws where it fails.
template <typename Call> void check(Call &&call) {
  std::unique_ptr<tj_error, ErrorDeleter> error(tj_error_create());
  const tj_status status = call(error.get());
  if (status != TJ_OK) throw Error(status, tj_error_message(error.get()));
}

/// What a call that writes text writes.
template <typename Call> std::string text(Call &&call) {
  std::size_t length = 0;
  check([&](tj_error *error) { return call(nullptr, 0, &length, error); });
  std::string text(length + 1, '\0');
  check([&](tj_error *error) { return call(text.data(), text.size(), nullptr, error); });
  text.resize(length);
  return text;
}

} // namespace detail

/// The element type of a C++ type. For `f16` and `bf16`, which C++17 has no types for, give the type
/// to Array's constructor.
template <typename T> struct dtype_of;
template <> struct dtype_of<double> { static constexpr tj_dtype value = TJ_F64; };
template <> struct dtype_of<float> { static constexpr tj_dtype value = TJ_F32; };
template <> struct dtype_of<std::int64_t> { static constexpr tj_dtype value = TJ_I64; };
template <> struct dtype_of<std::int32_t> { static constexpr tj_dtype value = TJ_I32; };
template <> struct dtype_of<std::int16_t> { static constexpr tj_dtype value = TJ_I16; };
template <> struct dtype_of<std::int8_t> { static constexpr tj_dtype value = TJ_I8; };
template <> struct dtype_of<std::uint64_t> { static constexpr tj_dtype value = TJ_U64; };
template <> struct dtype_of<std::uint32_t> { static constexpr tj_dtype value = TJ_U32; };
template <> struct dtype_of<std::uint16_t> { static constexpr tj_dtype value = TJ_U16; };
template <> struct dtype_of<std::uint8_t> { static constexpr tj_dtype value = TJ_U8; };
template <> struct dtype_of<bool> { static constexpr tj_dtype value = TJ_BOOL; };

/// An array in memory of somebody else's, who keeps it as long as it is used.
class Array {
public:
  /// A result that is not wanted.
  Array() = default;

  /// `bytes` at `data`, whose first element begins at `offset`. Strides are in bytes; none: row-major
  /// order without gaps.
  Array(tj_dtype dtype, void *data, std::size_t bytes, std::vector<std::int64_t> sizes,
        std::vector<std::int64_t> strides = {}, std::size_t offset = 0)
      : dtype_(dtype), data_(data), bytes_(bytes), offset_(offset), sizes_(std::move(sizes)),
        strides_(std::move(strides)) {
    if (!strides_.empty() && strides_.size() != sizes_.size())
      throw Error(TJ_INVALID_ARGUMENT, "an array needs one stride for each size");
  }

  /// The array as C sees it, valid as long as this object is.
  tj_buffer buffer() const {
    tj_buffer buffer = TJ_BUFFER_INIT;
    buffer.data = data_;
    buffer.byte_count = bytes_;
    buffer.offset = offset_;
    buffer.dtype = dtype_;
    buffer.rank = static_cast<std::uint32_t>(sizes_.size());
    buffer.sizes = sizes_.data();
    buffer.strides = strides_.empty() ? nullptr : strides_.data();
    return buffer;
  }

  /// The elements as the text form writes them.
  std::string text() const {
    const tj_buffer buffer = this->buffer();
    return detail::text([&](char *text, std::size_t capacity, std::size_t *length, tj_error *error) {
      return tj_buffer_text(&buffer, text, capacity, length, error);
    });
  }

private:
  tj_dtype dtype_ = 0;
  void *data_ = nullptr;
  std::size_t bytes_ = 0;
  std::size_t offset_ = 0;
  std::vector<std::int64_t> sizes_;
  std::vector<std::int64_t> strides_;
};

/// The elements of a container of contiguous elements, such as std::vector.
template <typename Container>
Array array(Container &values, std::vector<std::int64_t> sizes,
            std::vector<std::int64_t> strides = {}) {
  using Element = typename Container::value_type;
  return Array(dtype_of<Element>::value, values.data(), values.size() * sizeof(Element),
               std::move(sizes), std::move(strides));
}

/// One value, as an array of rank 0.
template <typename T> Array scalar(T &value) {
  return Array(dtype_of<T>::value, &value, sizeof(T), {});
}

/// An array in the memory of a device, which never changes.
class DeviceArray {
public:
  /// Takes an array over.
  explicit DeviceArray(tj_array *array) : array_(array) {}

  /// The elements of an array, copied to a device.
  DeviceArray(const Array &array, std::size_t device) {
    const tj_buffer buffer = array.buffer();
    tj_array *made = nullptr;
    detail::check(
        [&](tj_error *error) { return tj_array_create(&buffer, device, &made, error); });
    array_.reset(made);
  }

  /// Copies the elements, when they are computed, into an array of the same type and sizes.
  void read(const Array &array) const {
    const tj_buffer buffer = array.buffer();
    detail::check([&](tj_error *error) { return tj_array_read(get(), &buffer, error); });
  }

  /// The array on a device.
  DeviceArray on(std::size_t device) const {
    tj_array *moved = nullptr;
    detail::check(
        [&](tj_error *error) { return tj_array_move(get(), device, &moved, error); });
    return DeviceArray(moved);
  }

  /// The number of the device that it is on.
  std::size_t device() const {
    tj_buffer buffer = TJ_BUFFER_INIT;
    std::size_t device = 0;
    detail::check(
        [&](tj_error *error) { return tj_array_get(get(), &buffer, &device, error); });
    return device;
  }

  std::vector<std::int64_t> sizes() const {
    tj_buffer buffer = TJ_BUFFER_INIT;
    detail::check(
        [&](tj_error *error) { return tj_array_get(get(), &buffer, nullptr, error); });
    return std::vector<std::int64_t>(buffer.sizes, buffer.sizes + buffer.rank);
  }

  tj_array *get() const noexcept { return array_.get(); }

private:
  std::unique_ptr<tj_array, detail::ArrayDeleter> array_;
};

/// How a program is loaded; see tj_load_options.
struct LoadOptions {
  std::string file;
  std::string entry;
  std::string engine;
  bool gradient = false;
  std::vector<std::string> gradient_names;
  std::vector<std::string> model_types;
};

/// A tape or model, ready to run.
class Program {
public:
  explicit Program(std::string_view text, const LoadOptions &options = {}) {
    const auto names = pointers(options.gradient_names);
    const auto types = pointers(options.model_types);
    tj_load_options c_options = TJ_LOAD_OPTIONS_INIT;
    c_options.file = options.file.empty() ? nullptr : options.file.c_str();
    c_options.entry = options.entry.empty() ? nullptr : options.entry.c_str();
    c_options.engine = options.engine.empty() ? nullptr : options.engine.c_str();
    c_options.flags = options.gradient ? TJ_LOAD_GRADIENT : 0u;
    c_options.gradient_names = names.data();
    c_options.gradient_name_count = names.size();
    c_options.model_types = types.data();
    c_options.model_type_count = types.size();
    tj_program *program = nullptr;
    detail::check([&](tj_error *error) {
      return tj_program_load(text.data(), text.size(), &c_options, &program, error);
    });
    program_.reset(program);
  }

  std::size_t parameter_count() const { return tj_program_parameter_count(get()); }
  std::size_t result_count() const { return tj_program_result_count(get()); }

  /// A parameter; strings and arrays stay as long as the program.
  tj_value parameter(std::size_t index) const {
    tj_value value = TJ_VALUE_INIT;
    detail::check(
        [&](tj_error *error) { return tj_program_parameter(get(), index, &value, error); });
    return value;
  }

  /// A result; strings and arrays stay as long as the program.
  tj_value result(std::size_t index) const {
    tj_value value = TJ_VALUE_INIT;
    detail::check([&](tj_error *error) { return tj_program_result(get(), index, &value, error); });
    return value;
  }

  std::size_t find_parameter(const std::string &name) const {
    std::size_t index = 0;
    detail::check([&](tj_error *error) {
      return tj_program_find_parameter(get(), name.c_str(), &index, error);
    });
    return index;
  }

  std::size_t find_result(const std::string &name) const {
    std::size_t index = 0;
    detail::check([&](tj_error *error) {
      return tj_program_find_result(get(), name.c_str(), &index, error);
    });
    return index;
  }

  /// The sizes of a result for parameters of given sizes.
  std::vector<std::int64_t> result_sizes(
      const std::vector<Array> &parameters, std::size_t result) const {
    const auto inputs = buffers(parameters);
    std::vector<std::int64_t> sizes(this->result(result).rank);
    detail::check([&](tj_error *error) {
      return tj_program_result_sizes(
          get(), inputs.data(), inputs.size(), result, sizes.data(), sizes.size(), error);
    });
    return sizes;
  }

  /// Makes the code for parameters of given sizes.
  void prepare(const std::vector<Array> &parameters) const {
    const auto inputs = buffers(parameters);
    detail::check([&](tj_error *error) {
      return tj_program_prepare(get(), inputs.data(), inputs.size(), error);
    });
  }

  /// Runs on as many threads as given, all of the device's where 0.
  void run(const std::vector<Array> &parameters, const std::vector<Array> &results,
           std::uint32_t threads = 0) const {
    const auto inputs = buffers(parameters);
    const auto outputs = buffers(results);
    tj_run_options options = TJ_RUN_OPTIONS_INIT;
    options.threads = threads;
    detail::check([&](tj_error *error) {
      return tj_program_run(get(), inputs.data(), inputs.size(), outputs.data(), outputs.size(),
                            &options, error);
    });
  }

  /// Runs on arrays on the engine's device, where the results are too.
  std::vector<DeviceArray> run_arrays(
      const std::vector<const DeviceArray *> &parameters, std::uint32_t threads = 0) const {
    std::vector<const tj_array *> inputs;
    for (const DeviceArray *array : parameters) inputs.push_back(array->get());
    std::vector<tj_array *> outputs(result_count(), nullptr);
    std::vector<DeviceArray> results;
    results.reserve(outputs.size());
    tj_run_options options = TJ_RUN_OPTIONS_INIT;
    options.threads = threads;
    detail::check([&](tj_error *error) {
      return tj_program_run_arrays(get(), inputs.data(), inputs.size(), outputs.data(),
                                   outputs.size(), &options, error);
    });
    for (tj_array *array : outputs) results.emplace_back(array);
    return results;
  }

  /// The program after a stage of the compiler.
  std::string text(const std::string &stage) const {
    return detail::text([&](char *text, std::size_t capacity, std::size_t *length, tj_error *error) {
      return tj_program_text(get(), stage.c_str(), text, capacity, length, error);
    });
  }

  tj_program *get() const noexcept { return program_.get(); }

private:
  static std::vector<const char *> pointers(const std::vector<std::string> &strings) {
    std::vector<const char *> pointers;
    for (const std::string &string : strings) pointers.push_back(string.c_str());
    return pointers;
  }

  static std::vector<tj_buffer> buffers(const std::vector<Array> &arrays) {
    std::vector<tj_buffer> buffers;
    for (const Array &array : arrays) buffers.push_back(array.buffer());
    return buffers;
  }

  std::unique_ptr<tj_program, detail::ProgramDeleter> program_;
};

} // namespace tensorjit
#endif
