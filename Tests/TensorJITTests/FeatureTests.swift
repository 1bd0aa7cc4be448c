/// What users of such systems ask for, one test for each, named by the feature's number.
///
/// H is for lazy tensors with gradients, M for tapes and what runs them, G for arrays, N for tensors
/// on devices.
struct FeatureTests {}
