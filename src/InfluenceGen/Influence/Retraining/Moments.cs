namespace InfluenceGen.Influence.Retraining;

/// <summary>Sums of some utilities, counted from one that they are near, so that squares lose no digits to what all have in
/// common.</summary>
internal readonly record struct Moments(int Count, double Sum, double Squares)
{
    public double Mean => Sum / Count;

    /// <summary>Not a number of a single one.</summary>
    public double VarianceOfMean => Count > 1 ? Math.Max(0, Squares - Sum * Sum / Count) / (Count - 1.0) / Count : double.NaN;

    public Moments And(double utility) => new(Count + 1, Sum + utility, Squares + utility * utility);

    public Moments Less(Moments other) => new(Count - other.Count, Sum - other.Sum, Squares - other.Squares);
}
