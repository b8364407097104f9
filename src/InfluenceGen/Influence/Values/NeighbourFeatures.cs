namespace InfluenceGen.Influence.Values;

/// <summary>What distances between examples are measured by.</summary>
public enum NeighbourFeatures
{
    /// <summary>What the model's last layer multiplies: of a network the representation that it has learnt, of a model of one layer the
    /// features.</summary>
    LastLayer,

    /// <summary>The features as they stand; bring them to a common scale first (<see cref="Examples.Standardisation"/>).</summary>
    Inputs,
}
