using System.ComponentModel;
using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>What a pass reads and fills. Those that it has no use for stay as they are; the others may be set anew for each tile.</summary>
/// <remarks>
/// Operands of examples have one for each example of the pass, in the order of its segments. Those of segments have one row, or number,
/// for each row, or each target, that the segments name (<see cref="Panel.RowsOfSegments"/>), or one for all of them.
/// </remarks>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct PassOperands<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Rows of examples, gathered rows, or one row.</summary>
    public Panel<T> Rows0;

    /// <summary>The same, as long and in the same order, or gathered by the same index.</summary>
    public Panel<T> Rows1;

    /// <summary>A row for each segment, as long: for the first dot, for <see cref="PassParts.Inner"/> and <see cref="PassParts.Decay"/>.</summary>
    public Panel<T> With0;

    /// <summary>A row for each segment, as long: for the second dot.</summary>
    public Panel<T> With1;

    /// <summary>Numbers of examples, gathered numbers, or one number.</summary>
    public Panel<T> A;

    /// <summary>The same.</summary>
    public Panel<T> B;

    /// <summary>The same.</summary>
    public Panel<T> C;

    /// <summary>The same.</summary>
    public Panel<T> D;

    /// <summary>The same.</summary>
    public Panel<T> E;

    /// <summary>The same.</summary>
    public Panel<T> F;

    /// <summary>A number for each segment.</summary>
    public Panel<T> G;

    /// <summary>The same.</summary>
    public Panel<T> H;

    /// <summary>The same.</summary>
    public Panel<T> I;

    /// <summary>The same.</summary>
    public Panel<T> J;

    /// <summary>Numbers of examples, in any memory, that are filled.</summary>
    public Panel<T> Store0;

    /// <summary>The same.</summary>
    public Panel<T> Store1;

    /// <summary>A row for each target that rows of <see cref="Rows0"/> are added up in.</summary>
    public Panel<T> Sum0;

    /// <summary>The same for rows of <see cref="Rows1"/>; where they are multiplied with <see cref="With0"/>, a row of scratch memory.</summary>
    public Panel<T> Sum1;

    /// <summary>A number for each target.</summary>
    public Panel<T> Total0;

    /// <summary>The same.</summary>
    public Panel<T> Total1;

    /// <summary>What the second sum's product with <see cref="With0"/> is multiplied by.</summary>
    public T Scale;

    /// <summary>Whether sums and totals are added to what is there: of a segment that is taken in several tiles.</summary>
    public bool Adds;
}
