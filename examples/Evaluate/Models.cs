using InfluenceGen;

/// <summary>Benign or malignant from thirty properties of cell nuclei (UCI, Breast Cancer Wisconsin).</summary>
[LogisticModel(Features = 30)]
public partial class Tumour;
