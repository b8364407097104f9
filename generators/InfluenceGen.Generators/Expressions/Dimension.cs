namespace InfluenceGen.Generators.Expressions;

/// <summary>The length of a vector: known when the model is compiled, or open until run time (<c>Size</c> 0).</summary>
internal sealed record Dimension(string Name, int Size)
{
    public bool IsOpen => Size == 0;
}

/// <summary>The shape of a value: a number, a vector (its length), or a matrix (its rows, and the length of each).</summary>
internal readonly record struct Shape(Dimension? Length, Dimension? Rows = null)
{
    public static Shape Number => default;

    public bool IsNumber => Length is null;

    public bool IsMatrix => Rows is not null;

    public override string ToString() => Length is null ? "number" : Rows is null ? Length.Name : Rows.Name + " x " + Length.Name;
}
