"""What is shipped beside the code: rules, dashboards, image, compose file, chart."""
