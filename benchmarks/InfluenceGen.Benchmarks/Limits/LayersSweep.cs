namespace InfluenceGen.Benchmarks.Limits;

/// <summary>A model by the widths of its layers, from features to outputs.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Activation">Of its hidden layer, if there is one: relu or tanh.</param>
/// <param name="Widths">Two widths, or three where there is a hidden layer.</param>
internal sealed record LayersModel(string Name, string Activation, params IReadOnlyList<int> Widths)
{
    /// <summary>Multiply-adds of each layer's matrix with a vector.</summary>
    public IEnumerable<double> Layers => Widths.Zip(Widths.Skip(1), (inputs, outputs) => (double)inputs * outputs);
}

/// <summary>A sweep of such a model.</summary>
/// <param name="Model">The model.</param>
/// <param name="Name">gradient, hessian or gram.</param>
/// <param name="Count">Directions of the Hessian's, right examples of the Gram.</param>
internal sealed record LayersSweep(LayersModel Model, string Name, int Count)
{
    /// <summary>Examples; of a Gram, those on the left.</summary>
    public const int Examples = 2000;

    /// <summary>
    /// Multiplications and additions of the matrices and of pairs' dots, biases as columns of ones; those of activations
    /// and losses are left out. Each is counted once where several directions need it.
    /// </summary>
    public double Flops
    {
        get
        {
            var layers = Model.Layers.ToList();
            double first = layers[0], last = layers.Count > 1 ? layers[1] : 0;
            return 2 * Name switch
            {
                // Forward, its outer product, and for all but the first layer backward.
                "gradient" => Examples * (2 * first + 3 * last),

                // Forward and backward once; for each direction, the change of the outputs, of what comes back and of
                // the outer products, each of two parts behind the first layer.
                "hessian" => Examples * (first + 2 * last + Count * (2 * first + 6 * last)),

                // Each layer's two dots; before them what they are taken of, from the outputs' derivatives that are given.
                _ => (double)Examples * Count * Model.Widths.Zip(Model.Widths.Skip(1), (inputs, outputs) => inputs + 1 + (outputs == 1 ? 0 : outputs)).Sum()
                    + (layers.Count > 1 ? (Examples + Count) * (first + last) : 0),
            };
        }
    }
}
