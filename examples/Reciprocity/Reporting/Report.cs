namespace ReciprocityStudies.Reporting;

/// <summary>Everything a command found: it is printed, written as JSON and drawn from here.</summary>
/// <param name="Command">The command with every option that the figures depend on.</param>
internal sealed record Report(string Command)
{
    /// <summary>The paper's figures and ours.</summary>
    public List<FigureTable> Tables { get; } = [];

    /// <summary>Mean inflow against mean outflow of individuals, with standard errors.</summary>
    public List<BalanceTable> Balances { get; } = [];

    /// <summary>Every individual's flows.</summary>
    public List<FlowTable> Flows { get; } = [];

    /// <summary>What changes step by step.</summary>
    public List<StepTable> Steps { get; } = [];

    /// <summary>Pictures.</summary>
    public List<Picture> Pictures { get; } = [];
}

/// <summary>Figures that belong together.</summary>
/// <param name="Title">What was studied.</param>
/// <param name="Conditions">On what data and how.</param>
/// <param name="Figures">The rows.</param>
/// <param name="Notes">What a reader has to know to judge them.</param>
internal sealed record FigureTable(string Title, string Conditions, IReadOnlyList<Figure> Figures, IReadOnlyList<string> Notes);

/// <summary>An experiment on the theorem.</summary>
/// <param name="Title">Which statement.</param>
/// <param name="Claim">What it says.</param>
/// <param name="Verdict">What the experiment shows.</param>
/// <param name="Individuals">A row for each individual.</param>
internal sealed record BalanceTable(string Title, string Claim, string Verdict, IReadOnlyList<Balance> Individuals);

/// <summary>Mean flows of an individual over replicates.</summary>
/// <param name="Name">Who.</param>
/// <param name="Inflow">Mean I_u.</param>
/// <param name="Outflow">Mean O_u.</param>
/// <param name="Difference">Mean of I_u − O_u.</param>
/// <param name="StandardError">Of the difference, which is taken replicate by replicate.</param>
internal sealed record Balance(string Name, double Inflow, double Outflow, double Difference, double StandardError)
{
    /// <summary>The difference in standard errors; 0 where there is none at all.</summary>
    public double Z => Difference == 0 ? 0 : Difference / StandardError;
}

/// <summary>The flows of everybody.</summary>
/// <param name="Title">In what study.</param>
/// <param name="Unit">What the flows were divided by and averaged over.</param>
/// <param name="Individuals">A row for each individual with both an inflow and an outflow.</param>
internal sealed record FlowTable(string Title, string Unit, IReadOnlyList<IndividualFlow> Individuals);

/// <summary>One individual's flows and reciprocity.</summary>
internal sealed record IndividualFlow(string Name, double Inflow, double Outflow, double Reciprocity);

/// <summary>A quantity at each of several steps.</summary>
/// <param name="Title">What it is.</param>
/// <param name="Steps">After how many steps, or in which.</param>
/// <param name="Values">The quantity; null where it is not finite.</param>
/// <param name="Deviations">Its standard deviation over repetitions; null where there is one only.</param>
internal sealed record StepTable(string Title, IReadOnlyList<int> Steps, IReadOnlyList<double?> Values,
    IReadOnlyList<double>? Deviations);

/// <summary>A picture and the name of its file.</summary>
internal sealed record Picture(string FileName, string Svg);
