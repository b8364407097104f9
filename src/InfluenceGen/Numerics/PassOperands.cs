using System.ComponentModel;
using System.Numerics;

namespace InfluenceGen.Numerics;

/// <summary>What a pass reads and fills. Those that it has no use for stay as they are; the others may be set anew for each tile.</summary>
/// <typeparam name="T">double or float.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct PassOperands<T> where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    /// <summary>Rows, gathered rows, or one row.</summary>
    public Panel<T> Rows0;

    /// <summary>The same, as long: for the second sum.</summary>
    public Panel<T> Rows1;

    /// <summary>One row, as long: for the first dot.</summary>
    public Panel<T> With0;

    /// <summary>One row, as long: for the second dot.</summary>
    public Panel<T> With1;

    /// <summary>Numbers, gathered numbers, or one number: the formula's first.</summary>
    public Panel<T> A;

    /// <summary>The same, the formula's second.</summary>
    public Panel<T> B;

    /// <summary>The same, the formula's third.</summary>
    public Panel<T> C;

    /// <summary>The same, the formula's fourth.</summary>
    public Panel<T> D;

    /// <summary>Numbers of any memory that are filled.</summary>
    public Panel<T> Store0;

    /// <summary>The same.</summary>
    public Panel<T> Store1;

    /// <summary>One row of any memory that rows of <see cref="Rows0"/> are added to.</summary>
    public Panel<T> Sum0;

    /// <summary>One row of any memory that rows of <see cref="Rows1"/> are added to.</summary>
    public Panel<T> Sum1;

    /// <summary>One number of any memory that first factors are added to.</summary>
    public Panel<T> Total0;

    /// <summary>One number of any memory that second factors are added to.</summary>
    public Panel<T> Total1;
}
