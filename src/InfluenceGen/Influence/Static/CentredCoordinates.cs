namespace InfluenceGen.Influence.Static;

/// <summary>
/// The parameters that a Hessian is factored in, one behind the other without pads, biases first, and with features counted from their means:
/// s = w·x + b = w·(x − m) + b′ with b′ = b + w·m. The change is exact, outputs and products gᵀ H⁻¹ g stay what they are, and a column that
/// runs from 1,700,000,000 to 1,700,000,099 is no longer nearly a multiple of the bias.
/// </summary>
/// <param name="rows">The storage position of each.</param>
/// <param name="first">How many leading ones are biases that the others are counted from.</param>
/// <param name="biasOf">For each weight the number of the bias of its output; −1 where there is none.</param>
/// <param name="means">For each weight m of its feature; 0 where there is no bias.</param>
internal sealed class CentredCoordinates(int[] rows, int first, int[] biasOf, double[] means)
{
    /// <summary>How many parameters.</summary>
    public int Count => rows.Length;

    /// <summary>How many of them are biases that come first.</summary>
    public int First => first;

    /// <summary>Where each lies in storage.</summary>
    public ReadOnlySpan<int> Rows => rows;

    /// <summary>m of each weight's feature.</summary>
    public ReadOnlySpan<double> Means => means;

    /// <summary>The bias of each weight's output, −1 for none.</summary>
    public ReadOnlySpan<int> BiasOf => biasOf;

    /// <summary>Parameters that no features are counted from.</summary>
    public static CentredCoordinates Plain(int[] rows)
    {
        var none = new int[rows.Length];
        Array.Fill(none, -1);
        return new(rows, 0, none, new double[rows.Length]);
    }

    /// <summary>Writes a gradient in these coordinates: g_w − m g_b and g_b.</summary>
    public void Enter(ReadOnlySpan<double> storage, Span<double> gradient)
    {
        for (var k = 0; k < rows.Length; k++)
        {
            gradient[k] = storage[rows[k]];
            if (biasOf[k] >= 0)
            {
                gradient[k] -= means[k] * storage[rows[biasOf[k]]];
            }
        }
    }

    /// <summary>Writes a direction in storage: w and b′ − w·m. What is not among the parameters stays as it is.</summary>
    public void Leave(ReadOnlySpan<double> direction, Span<double> storage)
    {
        for (var k = 0; k < rows.Length; k++)
        {
            storage[rows[k]] = direction[k];
        }

        for (var k = 0; k < rows.Length; k++)
        {
            if (biasOf[k] >= 0)
            {
                storage[rows[biasOf[k]]] -= means[k] * direction[k];
            }
        }
    }
}
