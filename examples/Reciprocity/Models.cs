using InfluenceGen;

namespace ReciprocityStudies;

/// <summary>Disease progression from ten measurements of a patient (Efron et al., 2004).</summary>
[LinearModel(Features = 10)]
public partial class Diabetes;

/// <summary>Benign or malignant from thirty properties of cell nuclei (UCI, Breast Cancer Wisconsin).</summary>
[LogisticModel(Features = 30)]
public partial class Tumour;

/// <summary>Film ratings, with the paper's rank known when the program is compiled.</summary>
[MatrixFactorization(Rank = 16, L2 = 1.0)]
public partial class Movies;

/// <summary>Film ratings with a rank chosen on the command line.</summary>
[MatrixFactorization(L2 = 1.0)]
public partial class MoviesOfAnyRank;

/// <summary>A small model to try the theorem on many thousand times.</summary>
[LinearModel(Features = 2)]
public partial class Response;
