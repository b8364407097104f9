namespace InfluenceGen.Examples;

/// <summary>The labels a loss is defined for.</summary>
public enum LabelDomain
{
    /// <summary>Every finite number.</summary>
    Real,

    /// <summary>0 and 1.</summary>
    Binary,

    /// <summary>Numbers from 0 up, such as counts.</summary>
    NonNegative,

    /// <summary>A class, counted from 0; or, as soft labels, a share for each class, which add up to 1.</summary>
    Distribution,
}
