namespace InfluenceGen.Influence;

/// <summary>How the change of a test loss follows from the change δ of the parameters that a group or an example makes.</summary>
public enum LossChange
{
    /// <summary>g_te · δ, as the literature has it: one more source of error, of the same order as what a second-order
    /// estimate of the parameters gains.</summary>
    FirstOrder,

    /// <summary>g_te · δ + ½ δᵀ H_te δ.</summary>
    SecondOrder,

    /// <summary>ℓ(θ + δ) − ℓ(θ): no error beside that of δ, at the cost of a forward pass over the test set for each group or
    /// training example.</summary>
    Exact,
}
