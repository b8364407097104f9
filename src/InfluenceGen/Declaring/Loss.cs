namespace InfluenceGen;

/// <summary>The loss of one example, of the model's output s (one number, or s_c for each class) and the label y.</summary>
public enum Loss
{
    /// <summary>½|s − y|², for labels that are any numbers, as many as outputs.</summary>
    Squared,

    /// <summary>log(1 + eˢ) − y s, for labels 0 and 1; s is the logarithm of the odds.</summary>
    Logistic,

    /// <summary>eˢ − y s, for labels of 0 or more, such as counts; s is the logarithm of the mean.</summary>
    Poisson,

    /// <summary>log Σ_c exp(s_c) − Σ_c y_c s_c, for classes, or a share for each class.</summary>
    SoftmaxCrossEntropy,
}
