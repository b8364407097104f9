using System.Globalization;

namespace InfluenceGen.Benchmarks.Limits;

/// <summary>A product as the NumPy program computes it.</summary>
internal enum ProductKind
{
    /// <summary>A·B.</summary>
    Plain,

    /// <summary>A·B′.</summary>
    Transposed,

    /// <summary>A′·B.</summary>
    LeftTransposed,

    /// <summary>X′ diag(w) X.</summary>
    Squares,
}

/// <summary>The NumPy program, on one thread.</summary>
/// <param name="python">The interpreter.</param>
internal sealed class NumpyProgram(string python)
{
    /// <summary>NumPy's version and the BLAS it uses.</summary>
    /// <exception cref="InvalidOperationException">There is no such interpreter, or it has no NumPy.</exception>
    public string Version()
    {
        var words = Words(ProductKind.Plain, isFloat: false, (8, 8, 8), 0);
        return $"NumPy {words[1]} with {words[2]}";
    }

    /// <summary>Computes a product over and over.</summary>
    /// <returns>Thousand million multiplications and additions a second.</returns>
    public double Run(ProductKind kind, bool isFloat, (int Rows, int Inner, int Columns) size, double seconds) =>
        double.Parse(Words(kind, isFloat, size, seconds)[0], CultureInfo.InvariantCulture);

    /// <summary>Computes a sweep of a model over and over, from and to files in a folder.</summary>
    /// <returns>Thousand million multiplications and additions a second.</returns>
    public double Run(LayersSweep sweep, string folder, bool isFloat, double seconds) => double.Parse(
        Command.Run(python, Path.Combine(AppContext.BaseDirectory, "limits", "layers_limit.py"), folder, Type(isFloat),
            string.Join('-', sweep.Model.Widths.Select(Text)), sweep.Model.Activation, sweep.Name, Text(LayersSweep.Examples), Text(sweep.Count),
            sweep.Flops.ToString("R", CultureInfo.InvariantCulture), seconds.ToString(CultureInfo.InvariantCulture)),
        CultureInfo.InvariantCulture);

    private string[] Words(ProductKind kind, bool isFloat, (int Rows, int Inner, int Columns) size, double seconds) =>
        Command.Run(python, Path.Combine(AppContext.BaseDirectory, "limits", "products_limit.py"), Type(isFloat),
            kind switch
            {
                ProductKind.Plain => "plain",
                ProductKind.Transposed => "transposed",
                ProductKind.LeftTransposed => "left-transposed",
                _ => "squares",
            },
            Text(size.Rows), Text(size.Inner), Text(size.Columns), seconds.ToString(CultureInfo.InvariantCulture)).Trim().Split(' ');

    private static string Type(bool isFloat) => isFloat ? "float32" : "float64";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
