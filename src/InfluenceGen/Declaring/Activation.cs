namespace InfluenceGen;

/// <summary>What a hidden unit applies to its weighted inputs x.</summary>
public enum Activation
{
    /// <summary>x.</summary>
    Identity,

    /// <summary>tanh x.</summary>
    Tanh,

    /// <summary>1/(1 + e⁻ˣ).</summary>
    Sigmoid,

    /// <summary>max(0, x); its derivative at 0 is taken to be 0.</summary>
    Relu,

    /// <summary>log(1 + eˣ).</summary>
    Softplus,

    /// <summary>x Φ(x), Φ the standard normal distribution function (Hendrycks and Gimpel).</summary>
    Gelu,
}
