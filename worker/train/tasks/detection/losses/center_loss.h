// The loss of a centre-point detector: penalty-reduced focal loss for the heatmap, L1 for size and
// offset at the centres (Objects as Points, equations 1 to 4, with its weights 1, 0.1 and 1).
#pragma once

#include <ATen/core/Tensor.h>

namespace visionops::train {

/// The tensor form of CenterTargets, on the device of the outputs. P planes, K centres.
struct CenterTargetTensors {
  at::Tensor planes;       ///< P x h x w, float
  at::Tensor plane_index;  ///< P, int64
  at::Tensor weight;       ///< N x 1 x h x w, float
  at::Tensor centers;      ///< K, int64
  at::Tensor sizes;        ///< K x 2, float
  at::Tensor offsets;      ///< K x 2, float
};

struct CenterLoss {
  at::Tensor total;    ///< scalar, differentiable
  at::Tensor heatmap;  ///< scalars without their weights in the total
  at::Tensor size;
  at::Tensor offset;
};

/// `heatmap` N x C x h x w logits, `regression` N x 4 x h x w. Normalised by the number of centres of
/// the batch; a batch without objects has loss in the heatmap only.
CenterLoss center_loss(const at::Tensor& heatmap, const at::Tensor& regression, const CenterTargetTensors& targets);

}  // namespace visionops::train
