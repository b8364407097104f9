using InfluenceGen;

namespace Mislabelled;

/// <summary>A handwritten digit from its 64 pixels (Alpaydin and Kaynak, 1998): 650 parameters.</summary>
[SoftmaxModel(Features = 64, Classes = 10)]
public partial class Digits;
