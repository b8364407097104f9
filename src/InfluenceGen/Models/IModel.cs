using InfluenceGen.Examples;
using InfluenceGen.Numerics;

namespace InfluenceGen.Models;

/// <summary>
/// What generated code offers the runtime: a handful of sweeps over examples, each obtained from the declared loss by
/// automatic differentiation. Write s_i for the model's output on example i, ℓ_i for its loss, r_i = ∂ℓ_i/∂s_i, g_i for
/// the gradient of ℓ_i in the parameters (an example's own share of a decomposed L2 penalty included).
/// </summary>
/// <remarks>
/// <para>Always use this through a <b>struct</b> type argument: the calls then are direct and their constants fold.</para>
/// <para>A sweep visits the segments from <c>first</c> to before <c>last</c> of <see cref="ExampleSet{T}.SegmentsOf"/>
/// for its pass, so callers can share one sweep among threads. A model whose every example reads every parameter has one
/// pass. A model with tables has one for each index column, of which pass k adds up rows of the tables with
/// <see cref="ParameterBlock.RowIndex"/> k; if it also has blocks that every example reads, the last pass adds up those, over
/// chunks of examples as models without tables do.</para>
/// <para>What a pass writes is laid out as <see cref="ParameterLayout.SumOffset"/> says, and its pads are left alone.</para>
/// <para>Weights, directions and gradients are in storage order (<see cref="Layout"/>); spans indexed by example are in
/// the order of the example set.</para>
/// <para>A sweep changes nothing but the spans that it writes to, so that any number of threads may run sweeps of one model at
/// once.</para>
/// </remarks>
/// <typeparam name="T">double or float.</typeparam>
public interface IModel<T> where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
{
    /// <summary>The parameter blocks and where they lie.</summary>
    ParameterLayout Layout { get; }

    /// <summary>Passes of <see cref="GradientSum"/>: <see cref="ParameterLayout.Passes"/>.</summary>
    int Passes { get; }

    /// <summary>Features that an example must have; 0 where the model reads none.</summary>
    int Features { get; }

    /// <summary>
    /// Whether the rows of pass 0 are owned, of all its tables: each individual's row is touched by its own examples only, so it
    /// carries self-influence alone, flows use the other blocks, and <see cref="Flow"/> writes one sum for each segment instead
    /// of one number for each example.
    /// </summary>
    bool OwnsRows { get; }

    /// <summary>The labels this model's loss is defined for.</summary>
    LabelDomain Labels { get; }

    /// <summary>
    /// What the model was declared as, in words that are the same on every machine and in every culture: family, loss, hidden layers with
    /// their activation, whether there is a bias, penalty, rank, precision. Sizes that the declaration leaves open are in
    /// <see cref="Layout"/>. A trajectory is restored for the same declaration and layout and no other. Of a model written by hand that does
    /// not say it, this tells what the other members do.
    /// </summary>
    string Declaration => string.Create(System.Globalization.CultureInfo.InvariantCulture,
        $"written by hand; labels: {Labels}; outputs linear in the parameters: {(HasLinearOutputs ? "yes" : "no")}; numbers: {(typeof(T) == typeof(float) ? "float" : "double")}");

    /// <summary>Outputs of one example: 1 for most models, the classes of a softmax model.</summary>
    int Outputs { get; }

    /// <summary>
    /// Elements from one example's outputs (and their derivatives, and labels) to the next's: 1 for a single output,
    /// otherwise <see cref="Outputs"/> rounded up to whole 64-byte lines, with zeros between.
    /// </summary>
    int OutputStride { get; }

    /// <summary>
    /// Whether examples have weights, <see cref="ExampleSet{T}.Weights"/>: then ℓ_i is w_i times the loss, an example's share of a decomposed
    /// penalty included, and so are all its derivatives r_i, C_i, g_i and H_i; s_i and J_i are not.
    /// </summary>
    bool HasWeights => false;

    /// <summary>Whether examples have offsets, <see cref="ExampleSet{T}.Offsets"/>, which are added to the one output: s_i = f(x_i) + o_i.
    /// No derivative in the parameters but at s_i depends on them.</summary>
    bool HasOffsets => false;

    /// <summary>Whether s_i is linear in the parameters, so that H_i = J_iᵀ C_i J_i, an example's own penalty apart.</summary>
    bool HasLinearOutputs { get; }

    /// <summary>Whether submodels can stand side by side in the lanes of registers (<see cref="SumInLanes"/>): s_i is x_i·w, or x_i·w + b.</summary>
    bool HasLanes => false;

    /// <summary>Features that the last layer multiplies; 0 where no single layer makes the outputs.</summary>
    int LastLayerLength { get; }

    /// <summary>
    /// The blocks that are differentiated, all of them by default. To the derivatives the others are constants:
    /// directions do not move them, their part of a sum is zero, dots and norms leave them out.
    /// </summary>
    BlockSet Blocks { get; set; }

    /// <summary>Elements that <see cref="Gradients"/> writes for one example: <see cref="ParameterLayout.GradientRowLength"/>.</summary>
    int GradientRowLength { get; }

    /// <summary>The constant output whose mean response is <paramref name="meanLabel"/>: the inverse of the loss's link.
    /// Infinite where no finite output fits (a logistic model of one class).</summary>
    T Baseline(T meanLabel);

    /// <summary>Writes s_i.</summary>
    void Predict(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> outputs);

    /// <summary>Writes ℓ_i.</summary>
    void Loss(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> losses);

    /// <summary>Writes r_i.</summary>
    void OutputGradient(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> outputGradients);

    /// <summary>Writes C_i = ∂²loss_i/∂s_i², an <see cref="Outputs"/> by <see cref="Outputs"/> matrix: that many rows of
    /// <see cref="OutputStride"/> elements for each example.</summary>
    void OutputHessian(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> outputHessians);

    /// <summary>
    /// Writes what the last layer multiplies: <see cref="LastLayerLength"/> features for each example, rounded up to
    /// whole 64-byte lines, with zeros between. A constant 1 for the bias is not among them.
    /// </summary>
    /// <exception cref="NotSupportedException">No single layer makes this model's outputs.</exception>
    void LastLayerFeatures(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> layerFeatures);

    /// <summary>Writes J_i v for each of several directions, where J_i = ∂s_i/∂θ.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="first">First segment.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="directions">One or more v, each of the length of storage, one behind the other.</param>
    /// <param name="dots">For each direction in turn, <see cref="OutputStride"/> elements for each example.</param>
    void OutputDot(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> directions,
        Span<T> dots);

    /// <summary>Writes Σ_i J_iᵀ a_i over each segment: <see cref="GradientSum"/> with a_i in the place of r_i.</summary>
    /// <param name="pass">Which pass, from 0 to before <see cref="Passes"/>.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="first">First segment.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="cotangents">a_i, <see cref="OutputStride"/> elements for each example.</param>
    /// <param name="sums">As for <see cref="GradientSum"/>.</param>
    void OutputAdjointSum(int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> cotangents, Span<T> sums);

    /// <summary>Writes g_i · v for each of several directions, without forming g_i.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="first">First segment.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="directions">One or more v, each of the length of storage, one behind the other.</param>
    /// <param name="dots">For each direction in turn, one element for each example.</param>
    void GradientDot(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> directions,
        Span<T> dots);

    /// <summary>Writes |g_i|², factored.</summary>
    void GradientSquaredNorm(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> norms);

    /// <summary>
    /// Writes g_i: <see cref="GradientRowLength"/> elements for each example, block after block: a table gives the one row that the
    /// example touches, of scalars a number on a line of its own, any other block the whole of it as in storage
    /// (<see cref="ParameterLayout.GradientOffset"/>).
    /// </summary>
    void Gradients(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, Span<T> rows);

    /// <summary>
    /// Writes Σ_i c_i g_i over each segment. Pass 0 also writes r_i, and the later passes read it: the passes of one
    /// gradient are run in order.
    /// </summary>
    /// <param name="pass">Which pass, from 0 to before <see cref="Passes"/>.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="first">First segment.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or empty where every one is 1.</param>
    /// <param name="outputGradients">r_i; written by pass 0, read by the others.</param>
    /// <param name="sums">Receives the sums of the pass's blocks, where <see cref="ParameterLayout.SumOffset"/> says. For a model without
    /// tables a target row is the whole of <see cref="Layout"/>.</param>
    void GradientSum(int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> coefficients, Span<T> outputGradients, Span<T> sums);

    /// <summary>
    /// Pass 0 of <see cref="GradientSum"/> and <see cref="Flow"/> of the same examples, reading each example once.
    /// </summary>
    void GradientSumWithFlow(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> coefficients, ReadOnlySpan<T> direction, Span<T> outputGradients, Span<T> sums, Span<T> flows);

    /// <summary>
    /// Writes c_i g_i · v over the blocks that carry flows (all but owned rows, those that every example reads among them), from
    /// stored r_i: one number for each example, or where <see cref="OwnsRows"/>, one sum for each target row of pass 0.
    /// </summary>
    void Flow(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients,
        ReadOnlySpan<T> direction, ReadOnlySpan<T> outputGradients, Span<T> flows);

    /// <summary>
    /// Adds g_a · g_b to row a, column b of <paramref name="gram"/> over the blocks of one pass, for every pair that shares a
    /// row of its tables: the dot of two outer products is a product of two dots, and pairs that share no row are not visited. In the
    /// pass of blocks that every example reads, every pair does.
    /// </summary>
    /// <param name="pass">Which pass.</param>
    /// <param name="left">The examples a; segments from <paramref name="first"/> to before <paramref name="last"/>.</param>
    /// <param name="right">The examples b; in a pass of tables with a segment for every row.</param>
    /// <param name="first">First segment of <paramref name="left"/>.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="leftOutputGradients">r_a.</param>
    /// <param name="rightOutputGradients">r_b.</param>
    /// <param name="gram">left.Count rows of right.Count columns.</param>
    void GradientGram(int pass, ExampleSet<T> left, ExampleSet<T> right, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> leftOutputGradients, ReadOnlySpan<T> rightOutputGradients, Span<T> gram);

    /// <summary>
    /// Writes Σ_i c_i H_i v over each segment, for each of several directions; H_i is the Hessian of ℓ_i, by forward over
    /// reverse differentiation (Pearlmutter 1994). Every pass stands alone.
    /// </summary>
    /// <param name="pass">Which pass, from 0 to before <see cref="Passes"/>.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="first">First segment.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or empty where every one is 1.</param>
    /// <param name="directions">One or more v, each of the length of storage, one behind the other.</param>
    /// <param name="sums">For each direction in turn, an equal part laid out as for <see cref="GradientSum"/>.</param>
    void HessianVectorSum(int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> coefficients, ReadOnlySpan<T> directions, Span<T> sums);

    /// <summary>Writes uᵀ H_i v, without forming H_i.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="first">First segment.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="direction">v.</param>
    /// <param name="other">u.</param>
    /// <param name="dots">One element for each example.</param>
    void HessianDot(ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights, ReadOnlySpan<T> direction,
        ReadOnlySpan<T> other, Span<T> dots);

    /// <summary>Writes Σ_i c_i ℓ_i'''[u, v] over each segment: the derivative along u of H_i v.</summary>
    /// <param name="pass">Which pass, from 0 to before <see cref="Passes"/>.</param>
    /// <param name="examples">The examples.</param>
    /// <param name="first">First segment.</param>
    /// <param name="last">Segment to stop before.</param>
    /// <param name="weights">The parameters.</param>
    /// <param name="coefficients">c_i, or empty where every one is 1.</param>
    /// <param name="direction">v.</param>
    /// <param name="other">u.</param>
    /// <param name="sums">As for <see cref="GradientSum"/>.</param>
    void ThirdDerivativeSum(int pass, ExampleSet<T> examples, int first, int last, ReadOnlySpan<T> weights,
        ReadOnlySpan<T> coefficients, ReadOnlySpan<T> direction, ReadOnlySpan<T> other, Span<T> sums);

    /// <summary>
    /// Writes, for each of <see cref="LaneExamples{T}.Lanes"/> submodels k of weights w_k, Σ_i c_ik ℓ_i, Σ_i c_ik g_i and Σ_i c_ik H_i. What
    /// belongs to submodels stands in lines of that many numbers. Weights of examples are not in it: they are part of c.
    /// </summary>
    /// <param name="examples">The examples; a bias is an input that is 1.</param>
    /// <param name="weights">w, a line for each input: the features' weights, then the bias.</param>
    /// <param name="coefficients">c, a line for each example: 0 where it is left out.</param>
    /// <param name="losses">Receives a line of losses; may be empty where <paramref name="hessians"/> is.</param>
    /// <param name="gradients">Receives a line for each input.</param>
    /// <param name="hessians">Receives a line for each pair of inputs, row by row of the lower triangle; may be empty.</param>
    /// <exception cref="NotSupportedException">Outputs are not one layer with one unit.</exception>
    void SumInLanes(LaneExamples<T> examples, ReadOnlySpan<T> weights, ReadOnlySpan<T> coefficients, Span<T> losses, Span<T> gradients, Span<T> hessians) =>
        throw new NotSupportedException("This model's outputs are not one layer with one unit: its submodels do not stand side by side.");
}
