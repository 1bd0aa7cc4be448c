import TensorJIT

/// A layer that multiplies rows by a matrix and adds a vector.
package struct Dense: TensorRecord, Sendable {
  /// `[inputs, outputs]`.
  package var weight: Tensor
  /// `[outputs]`.
  package var bias: Tensor

  /// Weights of variance 2 / inputs, which keeps the size of signals through ReLUs (He, Zhang, Ren,
  /// Sun, "Delving deep into rectifiers", 2015), and no bias.
  package init(inputs: Int, outputs: Int, key: RandomKey, elementType: ElementType = .f32) {
    let deviation = Tensor((2 / Double(inputs)).squareRoot()).converted(to: elementType)
    weight = Tensor.normal([inputs, outputs], key: key, elementType: elementType) * deviation
    bias = Tensor.zeros([outputs], elementType: elementType)
  }

  package mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("weight", &weight)
    visitor.visit("bias", &bias)
  }

  /// `[rows, inputs]` to `[rows, outputs]`.
  package func callAsFunction(_ rows: Tensor) -> Tensor { rows.matmul(weight) + bias }
}

/// A network with one hidden layer that reads digits: 64 pixels, 128 hidden units, 10 digits.
package struct DigitsModel: TensorRecord, Sendable {
  package static let hiddenCount = 128
  package static let digitCount = 10

  package var hidden: Dense
  package var output: Dense

  package init(key: RandomKey, elementType: ElementType = .f32) {
    let keys = key.split()
    hidden = Dense(
      inputs: DigitsData.pixelCount, outputs: Self.hiddenCount, key: keys[0],
      elementType: elementType)
    output = Dense(
      inputs: Self.hiddenCount, outputs: Self.digitCount, key: keys[1], elementType: elementType)
  }

  package mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("hidden", &hidden)
    visitor.visit("output", &output)
  }

  /// How much each image, a row of `[images, 64]`, looks like each digit: `[images, 10]`.
  package func scores(_ images: Tensor) -> Tensor { output(hidden(images).relu()) }

  /// The digit that each image most looks like: `[images]`.
  package func predictions(_ images: Tensor) -> Tensor { scores(images).argmax(axis: 1) }

  /// The mean over a batch of the cross-entropy between the labels and the softmax of the scores.
  package func loss(_ batch: DigitsBatch) -> Tensor {
    let isLabel = batch.labels.expandingDims(at: 1) .== Tensor.arange(Self.digitCount)
    let surprise = -select(isLabel, scores(batch.images).logSoftmax(axis: 1), 0)
    return surprise.sum(axis: 1).mean()
  }
}

/// Images and their labels as tensors.
package struct DigitsBatch: TensorRecord, Sendable {
  /// `[images, 64]`.
  package var images: Tensor
  /// `[images]`, of type `i32`.
  package var labels: Tensor

  package init(_ digits: DigitsData, elementType: ElementType = .f32) {
    images = Tensor(digits.images, shape: [digits.count, DigitsData.pixelCount])
      .converted(to: elementType)
    labels = Tensor(digits.labels)
  }

  package mutating func visitTensors(_ visitor: inout TensorVisitor) {
    visitor.visit("images", &images)
    visitor.visit("labels", &labels)
  }
}
