using InfluenceGen;

namespace GroupStudies;

/// <summary>Two classes of points with five features.</summary>
[LogisticModel(Features = 5)]
public partial class Points;

/// <summary>Handwritten digits of 8 by 8 pixels (UCI, Optical Recognition of Handwritten Digits).</summary>
[SoftmaxModel(Features = 64, Classes = 10)]
public partial class Digits;
