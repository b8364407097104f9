using InfluenceGen;

namespace Value;

/// <summary>How diabetes progresses in a year, from ten measurements (Efron et al., 2004).</summary>
[LinearModel(Features = 10)]
public partial class Progression;
