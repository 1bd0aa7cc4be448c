/// What is measured, in the order of the report.
var allWorkloads: [Workload] {
  elementwise + softmax + sums + products + convolutions + digits + smallAdds + firstCalls
}

/// The bytes of the longest array that a floor reads or writes.
let greatestFloorArray = 64 << 20
